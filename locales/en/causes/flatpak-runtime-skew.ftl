name = Flatpak lacks the driver's runtime
title = Flatpak has no runtime for driver { $loaded } ({ $bits }-bit)
explanation = Flatpak's newest { $bits }-bit NVIDIA runtime is { $installed }, but the loaded module is { $loaded }. Flatpak uses only the runtime of exactly that version, so { $bits }-bit programs from Flatpak draw without the GPU, slowly, or do not start. Other programs are not affected.
claim-flatpak-runtime = Newest NVIDIA runtime of Flatpak
what = Programs from Flatpak do not see the system's libraries. Flatpak gives them an NVIDIA runtime, one for each driver version, and takes the one that equals the loaded module.
why = The driver was upgraded and Flatpak not; the runtime of a new driver appears on Flathub a few days later; the download failed; or Flatpak was updated before the reboot that loaded the new module.
see =
    flatpak --gl-drivers
    flatpak list --runtime | grep -i nvidia
    cat /sys/module/nvidia/version
helps =
    flatpak update
    If it brings nothing, install that version, with dashes for the dots:
    flatpak install flathub org.freedesktop.Platform.GL.nvidia-580-95-05
    flatpak install flathub org.freedesktop.Platform.GL32.nvidia-580-95-05
    If Flathub does not have it yet, wait for it or go back to the driver version before.
    Afterwards remove the old ones: flatpak uninstall --unused
avoid = Do not rename or link runtimes of another version: the module turns them away. Do not change the system's driver packages for it without need.
