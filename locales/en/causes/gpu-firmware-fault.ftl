name = GPU firmware fault
title = { $fault ->
        [interrupted] Loading the GPU's firmware was interrupted: not a fault of versions
       *[hung] The GPU's firmware hangs: not a fault of versions
    }
explanation = The kernel said: { $line }. { $fault ->
        [interrupted] Error -4 means that a signal broke off the reading; error -2 would mean that the file is missing. That is why the GPU did not start; loading the modules anew starts it.
       *[hung] The GPU's own firmware no longer works as it should. Module and libraries need not be at fault; the GPU has to be reset.
    }
what = The GPU's internal processor (GSP) timed out, stopped, or was still running when the driver wanted to start it (Xid 62, 119, 120, 154; "WPR2 already up"), or reading its firmware was broken off by a signal ("failed with error -4"). Programs hang or fail until the GPU is reset or started anew.
why = A bug of driver or firmware, a fault of the hardware, an unload of the module that did not reset the GPU, or a virtual machine that was stopped hard with the GPU passed through. Reading is broken off when the program that opened the GPU first is killed at that moment.
see =
    dmesg | grep -E 'Xid|GSP|WPR2'
    nvidia-smi
    cat /proc/driver/nvidia/version
helps =
    Firmware that was interrupted ("failed with error -4"): load the modules anew, or reboot:
    modprobe -r nvidia_drm nvidia_uvm nvidia_modeset nvidia && modprobe nvidia
    Otherwise stop all programs that use the GPU, then reset it:
    nvidia-smi --gpu-reset -i 0, with the GPU's number
    If that is refused or does not help, reboot; for "WPR2 already up" switch the machine off and on.
    If it comes back: upgrade the driver within its branch, then have the card checked.
    With proprietary modules, GSP can be switched off as a test: options nvidia NVreg_EnableGpuFirmware=0 in /etc/modprobe.d
avoid = Do not reinstall the same driver or its firmware. Do not unload the modules by force.
