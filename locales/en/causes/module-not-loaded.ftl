name = Module not loaded
title = Module { $version } is on disk and not loaded
explanation = The nvidia module { $version } for kernel { $kernel } is on disk, and nothing that is known keeps it out, but it is not loaded.{ $outside ->
        [none] {""}
       *[other] {" "}It lies in { $outside }, where modprobe does not look: something must load it with insmod at every boot, and nothing did.
    }
what = The driver's files all fit together, but the module is not in the running kernel. nvidia-smi says that it could not communicate with the driver.
why = The driver was installed without loading it, it was unloaded and not loaded again, nothing asked for it at boot, or loading failed for a reason that only the kernel log tells.
see =
    lsmod | grep nvidia
    modinfo nvidia
    lspci -k -d 10de:
    dmesg | grep -i -E 'nvidia|NVRM'
    systemctl --failed
helps =
    modprobe nvidia
    If that fails, its message and the last lines of the kernel log say why:
    dmesg | tail
    "No such device": another driver holds the GPU, or the driver does not support it.
    "Key was rejected": Secure Boot.
    "Exec format error": the module was built for another kernel; build it again.
    If it lies outside /lib/modules, modprobe does not find it: load nvidia.ko with insmod and its path, then nvidia-uvm.ko, by a systemd unit at every boot.
    To load it at boot, write nvidia into /etc/modules-load.d/nvidia.conf.
avoid = Do not reinstall before you have read what modprobe and the kernel log say.
