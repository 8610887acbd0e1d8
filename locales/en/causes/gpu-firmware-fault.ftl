name = GPU firmware fault
title = The GPU's firmware hangs: not a fault of versions
explanation = The kernel said: { $line }. The GPU's own firmware no longer works as it should. Module and libraries need not be at fault; the GPU has to be reset.
what = The GPU's internal processor (GSP) timed out, stopped, or was still running when the driver wanted to start it (Xid 62, 119, 120, 154; "WPR2 already up"). Programs hang or fail until the GPU is reset.
why = A bug of driver or firmware, a fault of the hardware, an unload of the module that did not reset the GPU, or a virtual machine that was stopped hard with the GPU passed through.
see =
    dmesg | grep -E 'Xid|GSP|WPR2'
    nvidia-smi
    cat /proc/driver/nvidia/version
helps =
    Stop all programs that use the GPU, then reset it:
    nvidia-smi --gpu-reset -i 0, with the GPU's number
    If that is refused or does not help, reboot; for "WPR2 already up" switch the machine off and on.
    If it comes back: upgrade the driver within its branch, then have the card checked.
    With proprietary modules, GSP can be switched off as a test: options nvidia NVreg_EnableGpuFirmware=0 in /etc/modprobe.d
avoid = Do not reinstall the same driver. Do not unload the modules by force.
