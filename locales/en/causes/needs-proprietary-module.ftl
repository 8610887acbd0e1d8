name = GPU needs the proprietary kernel modules
title = { $gpu } needs the proprietary kernel modules
explanation = { $gpu } has no GPU System Processor, which the open kernel modules need, and these are installed. They load, but start no GPU: "No devices were found". The libraries are the same for both.
what = NVIDIA's open kernel modules support GPUs since the Turing generation (GTX 16, RTX 20). Older ones need the proprietary modules of a branch that still supports them.
why = The distribution's default has become the open modules (branch 560 and later), a meta-package brought them, or an older card was put in.
see =
    lspci -nn -d 10de:
    modinfo -F license nvidia
    cat /proc/driver/nvidia/version
    dmesg | grep -A2 'not supported by open'
helps =
    Install the proprietary modules of the same version instead of the open ones:
    Debian: apt install nvidia-kernel-dkms
    Ubuntu: apt install nvidia-driver-580, without "-open", with your branch
    Fedora with RPM Fusion: echo '%_without_kmod_nvidia_open 1' > /etc/rpm/macros.nvidia-kmod, then akmods --force
    RHEL: dnf module install nvidia-driver:latest-dkms
    Then reboot. "modinfo -F license nvidia" says "NVIDIA" for the proprietary modules.
    From branch 590 on neither kind supports GPUs older than Turing: stay on 580.
avoid = Do not change the libraries or the version: only the kind of module is wrong.
