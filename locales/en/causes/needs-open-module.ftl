name = GPU needs the open kernel modules
title = { $gpu } needs the open kernel modules
explanation = { $gpu } works with NVIDIA's open kernel modules only, and the proprietary ones are installed. They load, but start no GPU: "No devices were found". The libraries are the same for both.
what = Since the Blackwell generation NVIDIA supports GPUs by the open kernel modules only. The proprietary modules of the same version turn such a GPU away.
why = The card was changed for a newer one while the driver stayed; the distribution's default package still brings the proprietary modules; or the wrong one of two packages was chosen.
see =
    lspci -nn -d 10de:
    modinfo -F license nvidia
    cat /proc/driver/nvidia/version
    dmesg | grep -A1 'requires use of the NVIDIA open'
helps =
    Install the open modules of the same version instead of the proprietary ones:
    Debian: apt install nvidia-open-kernel-dkms
    Ubuntu: apt install nvidia-driver-580-open, with your branch
    Fedora with RPM Fusion: echo '%_with_kmod_nvidia_open 1' > /etc/rpm/macros.nvidia-kmod, then akmods --force
    RHEL: dnf module install nvidia-driver:open-dkms
    Arch: pacman -S nvidia-open
    Then reboot. "modinfo -F license nvidia" says "Dual MIT/GPL" for the open modules.
avoid = Do not change the libraries or the version: only the kind of module is wrong.
