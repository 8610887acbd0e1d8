name = A wrong module hides the right one
title = modprobe takes module { $chosen } and passes over { $fitting }
explanation = Kernel { $kernel } has two nvidia modules: { $chosen_path } ({ $chosen }) and { $fitting_path } ({ $fitting }). modprobe loads the first, but the libraries are of the version of the second. A reboot loads the wrong one again.
what = Two nvidia modules of different versions lie in one kernel's module directory. depmod prefers one of them, and it is the one that does not fit the libraries.
why = A module was left behind by another way of installing: an old DKMS build in updates/dkms, a .run installation in kernel/drivers/video, a weak-updates link, a module copied by hand.
see =
    find /lib/modules/$(uname -r) -name 'nvidia*.ko*'
    modinfo -n nvidia
    modinfo -F version nvidia
    dpkg -S $(modinfo -n nvidia)
    rpm -qf $(modinfo -n nvidia)
helps =
    Find out who owns the wrong file (dpkg -S, rpm -qf, dkms status).
    If no one: move it out of /lib/modules to a backup directory, for example /root/nvidia-backup.
    If DKMS: dkms remove that version for this kernel.
    If a package: remove that package.
    depmod -a
    Then check with modinfo -F version nvidia and reload the module, or reboot.
avoid = Do not delete the file without a copy. An unowned module alone is no fault: Ubuntu links its prebuilt modules at installation, and DKMS builds them here.
