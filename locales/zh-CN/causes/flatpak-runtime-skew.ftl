name = Flatpak 缺少对应的驱动运行时
title = Flatpak 没有驱动 { $loaded } 的运行时（{ $bits } 位）
explanation = Flatpak 里最新的 { $bits } 位 NVIDIA 运行时是 { $installed }，而已加载的模块是 { $loaded }。Flatpak 只用版本完全相同的运行时，所以 Flatpak 的 { $bits } 位程序用不上 GPU，绘图很慢，或者无法启动。其他程序不受影响。
claim-flatpak-runtime = Flatpak 最新的 NVIDIA 运行时
what = Flatpak 里的程序看不到系统的库。Flatpak 为每个驱动版本提供一个 NVIDIA 运行时，使用与已加载模块版本相同的那一个。
why = 升级了驱动而没有更新 Flatpak；新驱动的运行时几天后才会出现在 Flathub；下载失败；或者在重启加载新模块之前就更新了 Flatpak。
see =
    flatpak --gl-drivers
    flatpak list --runtime | grep -i nvidia
    cat /sys/module/nvidia/version
helps =
    flatpak update
    如果没有更新，就直接安装对应的版本，版本号里的点换成短横：
    flatpak install flathub org.freedesktop.Platform.GL.nvidia-580-95-05
    flatpak install flathub org.freedesktop.Platform.GL32.nvidia-580-95-05
    Flathub 还没有这个版本时，可以等一等，或者退回上一个驱动版本。
    之后清理旧的：flatpak uninstall --unused
avoid = 不要把别的版本的运行时改名或做成链接：模块会拒绝它。没有必要时，不要为此改动系统的驱动软件包。
