name = vGPU guest and host don't fit
title = { $side ->
        [host] A virtual machine's vGPU driver does not fit this host
       *[guest] The host does not accept this guest's vGPU driver
    }
explanation = { $side ->
        [host] The vGPU manager turned a virtual machine's driver away. That machine has no GPU; this host's driver { $version } is whole.
       *[guest] The host's vGPU manager turned this machine's driver { $version } away. All parts of the driver here agree with each other: it is the pair of guest and host that does not fit.
    }
what = A virtual machine with a vGPU has a driver of its own, and the host a vGPU manager. They need not be equal, but their branches must go together; otherwise the GPU does not come up in the guest.
why = The host was moved to another vGPU release, or the guest's driver was upgraded past it. Often nothing changed in the guest: a cloud provider changed the host.
see =
    dmesg | grep -i -E 'NVRM|Xid'
    cat /proc/driver/nvidia/version
    On the host: journalctl -u nvidia-vgpu-mgr | grep -i -E 'incompatible|Driver Version'
helps =
    Look up in NVIDIA's vGPU release notes which guest drivers the host's release accepts: the same branch, or as a rule the one before.
    In the guest, install the vGPU guest driver of such a release, from whoever runs the host; on a cloud machine, from the provider.
    Or upgrade the host's vGPU manager.
    Then restart the virtual machine.
avoid = Do not install an ordinary driver in a vGPU guest. Do not try to make guest and host exactly equal: they are released under different numbers.
