name = Next boot would not fit
title = Kernel { $kernel } would load { $module } with libraries { $library }
explanation = { $place ->
        [initramfs] The next boot is into kernel { $kernel }, whose initramfs still holds the nvidia module { $module }, while the libraries are { $library }. The image comes before the disk: whatever lies there, the old module would be loaded.
       *[disk] The next boot is into kernel { $kernel }, whose nvidia module is { $module }, while the libraries are { $library }.
    } After the reboot the module would turn every program away.
what = The kernel that is booted next has an nvidia module of another version than the installed libraries, on disk or in its initramfs.
why = After a driver upgrade the module was built for the running kernel only, or the other kernel's prebuilt module was not upgraded, or its initramfs was not rebuilt.
see =
    dkms status
    modinfo -k $(ls /lib/modules | sort -V | tail -1) -F version nvidia
    ldconfig -p | grep libcuda.so.1
    ls /boot
helps =
    Before you reboot, build or install the module of the libraries' version for that kernel:
    DKMS: dkms autoinstall -k with its release
    akmods: akmods --force --kernels with its release
    Prebuilt modules: upgrade the module package for that kernel
    Rebuild that kernel's initramfs, check with modinfo -k, then reboot.
avoid = Do not downgrade the libraries for it while programs are running with them.
