name = GPU not supported by this driver branch
title = Driver { $driver } does not support { $gpu }
explanation = { $branch ->
        [none] { $gpu } is newer than driver { $driver }, which does not know it.
       *[other] { $gpu } is supported up to driver branch { $branch }; the installed driver { $driver } has dropped it.
    } No other repair helps until a branch is installed that supports the GPU.
what = Every driver branch supports a range of GPUs: new ones come with it, and old ones leave. The module that is installed does not serve this GPU, so it does not load, or finds no device.
why = An upgrade brought a branch that has dropped the GPU (590 dropped Maxwell, Pascal and Volta; 495 dropped Kepler), a meta-package moved on to the newest branch, or a new card was put into a machine with an old driver.
see =
    lspci -nn -d 10de:
    modinfo -F version nvidia
    dmesg | grep -E 'Legacy drivers|not supported by the|No NVIDIA'
    nvidia-smi
helps =
    Install the branch that supports the GPU, by its own packages, and keep it there:
    Debian: apt install nvidia-tesla-470-driver, or the release's own nvidia-driver
    Ubuntu: ubuntu-drivers list, then apt install nvidia-driver-580, with a branch from the list
    Fedora with RPM Fusion: dnf install akmod-nvidia-580xx, or akmod-nvidia-470xx
    Arch: nvidia-580xx-dkms or nvidia-470xx-dkms from the AUR
    Remove the other branch's packages by their exact names, then reboot.
    For a GPU that no maintained branch supports, nouveau is the driver that remains.
avoid = Do not reinstall the same branch, and do not look for a fault in module or libraries: they fit together. Old branches do not compile on the newest kernels; check that before you change.
claim-driver-to-serve = Installed driver
