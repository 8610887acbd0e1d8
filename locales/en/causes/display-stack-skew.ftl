name = Display part of another version
title = Display driver files don't fit driver { $expected }
explanation = { $what ->
        [manifest] The manifest { $path } names { $version }, which is not there. Programs that use Vulkan or EGL don't find the NVIDIA driver.
       *[version] { $path } is of version { $version }, while the module and the CUDA libraries are { $expected }. nvidia-smi and CUDA work; X, OpenGL or Vulkan programs fail.
    }
what = The libraries and modules that X, OpenGL, EGL and Vulkan load are of another version than the rest of the driver, or the files that lead to them point to nothing.
why = The graphics packages are separate from the compute packages and were not upgraded with them, were held, or remain from another series; or a package with the library was removed and its manifest stayed.
see =
    nvidia-smi
    grep -E 'NVIDIA GLX Module|NVIDIA dlloader|API mismatch' /var/log/Xorg.0.log
    ldconfig -p | grep -E 'libGLX_nvidia|libEGL_nvidia|libnvidia-glcore'
    cat /usr/share/vulkan/icd.d/nvidia_icd*.json
    dpkg -l | grep -E 'libnvidia-gl|xserver-xorg-video-nvidia'
helps =
    Bring the graphics packages to the version of the others, in one transaction:
    Debian: apt install nvidia-driver-libs xserver-xorg-video-nvidia, at the version of nvidia-kernel-dkms
    Ubuntu: apt install libnvidia-gl-535 xserver-xorg-video-nvidia-535, with your series and the version of libnvidia-compute
    Fedora, RHEL: dnf distro-sync '*nvidia*'
    Arch: pacman -Syu nvidia-utils
    Then restart the display manager. For a manifest that leads nowhere: install the package with the library, or remove the one with the manifest.
avoid = Do not reinstall the kernel side: it is right. Do not edit the links in /usr/lib by hand; packages and alternatives own them.
claim-display-file = Driver file that display programs load
claim-manifest = Library that this manifest names
