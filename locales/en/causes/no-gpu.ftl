name = No NVIDIA GPU
title = There is no NVIDIA GPU on this machine
explanation = { $driver ->
        [yes] Parts of the NVIDIA driver are here, but the PCI bus shows no NVIDIA GPU, so there is nothing for it to drive.
       *[no] The PCI bus shows no NVIDIA GPU.
    } There is nothing to repair.
what = The PCI bus has no NVIDIA device. Without one, the driver's module cannot be loaded and nvidia-smi fails, and that is as it should be.
why = This machine has none, it is a virtual machine to which none was passed, or the GPU is switched off, badly seated or defective.
see =
    lspci -d 10de:
    ls /sys/bus/pci/devices
    dmesg | grep -i pci
helps =
    If there should be a GPU: look whether it sits firmly and has power, look in the firmware setup, and for a virtual machine in the settings of its host.
    If there should be none: nothing is to be done.
avoid = Do not reinstall the driver: no driver makes a device appear.
