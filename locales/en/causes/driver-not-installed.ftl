name = No NVIDIA driver installed
title = { $gpu } has no NVIDIA driver
explanation = There is an NVIDIA GPU ({ $gpu }), and no NVIDIA driver is installed. { $driver ->
        [none] No driver is bound to the GPU.
       *[other] It is driven by { $driver }.
    }
what = The machine has an NVIDIA GPU and nothing of NVIDIA's driver: no module, no libraries, no packages. CUDA and nvidia-smi need it; a desktop may do without.
why = It was never installed, or it was removed, perhaps by an autoremove after another package was purged.
see =
    lspci -k -d 10de:
    modinfo nvidia
    dpkg -l | grep -i nvidia
    rpm -qa | grep -i nvidia
helps =
    Install it from the distribution, by one way only. nvmend shows that way, and goes it: nvmend plan --remedy install-driver
    Ubuntu: ubuntu-drivers list, then ubuntu-drivers install
    Debian: enable contrib, non-free and non-free-firmware, then apt install nvidia-driver linux-headers-amd64
    Fedora: enable RPM Fusion, then dnf install akmod-nvidia xorg-x11-drv-nvidia-cuda; wait until the module is built before you reboot
    RHEL: NVIDIA's repository, then dnf install nvidia-open
    Arch: pacman -S nvidia-open
    Reboot.
avoid = Do not take NVIDIA's .run file where packages exist, and do not mix repositories.
