name = Old module comes back from the initramfs
title = Module { $loaded } came back at boot, the disk has { $on_disk }
explanation =
    Kernel { $kernel } runs the nvidia module { $loaded }, but the module on disk was already { $on_disk } when it booted. { $library ->
        [none] No driver library was found yet.
       *[other] The libraries are of version { $library }.
    } So the module did not come from that file: most likely an old copy is packed into the initramfs. A bare reboot would load the old module again.
claim-unchanged-since-boot = Written { $hours } hours before this kernel booted
what = At boot the kernel loads the nvidia module from the initramfs, an image that holds a copy of it. When the image is not rebuilt after a driver upgrade, every boot brings the old module back.
why = The step that rebuilds the image was skipped or failed (a full /boot, an interrupted upgrade), or the machine boots a copy of the image that nobody updates, for example on the EFI partition.
see =
    cat /proc/driver/nvidia/version
    modinfo -F version nvidia
    ls -l $(modinfo -n nvidia) /boot
    uptime -s
    lsinitramfs /boot/initrd.img-$(uname -r) | grep nvidia
    lsinitrd -k $(uname -r) | grep nvidia
helps =
    Keep a copy of the present image, then rebuild it:
    cp /boot/initrd.img-$(uname -r) /root/
    Debian, Ubuntu: update-initramfs -u -k $(uname -r)
    Fedora, RHEL, SUSE: dracut -f --kver $(uname -r)
    Arch: mkinitcpio -P
    Check that /boot has free space and that the boot loader uses this image. Then reboot.
avoid = Do not just reboot again, and do not reinstall the driver over and over: neither touches the old copy in the image.
