name = The initramfs brings back what the disk no longer has
title = { $loaded ->
        [none] The initramfs let nouveau take the GPU, though the disk bars it
       *[other] { $image ->
            [none] Module { $loaded } came back at boot, the disk has { $on_disk }
           *[other] The initramfs still holds module { $loaded }, the disk has { $on_disk }
        }
    }
explanation = { $loaded ->
        [none] The configuration on disk keeps nouveau out, but the initramfs of kernel { $kernel } holds nouveau and has no such line. Most likely nouveau was loaded from there, before the disk's configuration counted. A bare reboot would let it in again.
       *[other] { $image ->
            [none] Kernel { $kernel } runs the { $module } module { $loaded }, but the module on disk was already { $on_disk } when it booted. So the module did not come from that file: most likely an old copy is packed into the initramfs.
           *[other] Kernel { $kernel } runs the { $module } module { $loaded }, and its initramfs { $image } holds just that version, while the module on disk is { $on_disk }. The image was not rebuilt after the driver changed.
        } { $library ->
            [none] No driver library was found yet.
           *[other] The libraries are of version { $library }.
        } A bare reboot would load the old module again.
    }
claim-unchanged-since-boot = Written { $hours } hours before this kernel booted
claim-nouveau-unbarred = nouveau in the initramfs, which does not bar it
what = At boot the kernel loads the nvidia module from the initramfs, an image that holds a copy of it. When the image is not rebuilt after a driver upgrade, every boot brings the old module back. The image has its own copy of modprobe's configuration too: when that is old, nouveau can take the GPU before the disk is read.
why = The step that rebuilds the image was skipped or failed (a full /boot, an interrupted upgrade), or the machine boots a copy of the image that nobody updates, for example on the EFI partition.
see =
    cat /proc/driver/nvidia/version
    modinfo -F version nvidia
    ls -l $(modinfo -n nvidia) /boot
    uptime -s
    lsinitramfs /boot/initrd.img-$(uname -r) | grep nvidia
    lsinitrd -k $(uname -r) | grep nvidia
    ls -l /boot/efi/*/$(uname -r) /boot/efi/EFI/Linux
helps =
    Keep a copy of the present image, then rebuild it:
    cp /boot/initrd.img-$(uname -r) /root/
    Debian, Ubuntu: update-initramfs -u -k $(uname -r)
    Fedora, RHEL, SUSE: dracut -f --kver $(uname -r)
    Arch: mkinitcpio -P
    Check that /boot has free space and that the boot loader uses this image. Then reboot.
avoid = Do not just reboot again, and do not reinstall the driver over and over: neither touches the old copy in the image.
