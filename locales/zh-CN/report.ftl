# 报告用语。参数见英文版的注释。

## 结论（一句话）

verdict-aligned = 一切匹配：驱动的各个部分都是 { $version } 版
verdict-aligned-without-module = 现有的各个部分互相匹配
verdict-broken = 有故障：{ $title }
verdict-at-risk = 目前正常，但即将出问题：{ $title }
verdict-at-risk-reboot = 目前正常，但下次重启后会出故障
verdict-unknown = 无法判断驱动的各个部分是否匹配：关键信息缺失或无法读取
verdict-nothing-here = 无需处理：这里既没有 NVIDIA GPU，也没有 NVIDIA 驱动
verdict-driver-without-gpu = 无需处理：装有驱动，但这里没有 NVIDIA GPU
verdict-gpu-without-driver = 这里有 NVIDIA GPU，但没有安装 NVIDIA 驱动
verdict-wsl = 无需处理：WSL 里的驱动由 Windows 提供
verdict-jetson = 无需处理：Jetson 的驱动由板卡自带的系统软件提供

after-reboot = 以下是重启进入内核 { $kernel } 之后的情况：

## 机器（一行）

machine-kernel = 内核 { $kernel }
environment-container = 容器
environment-chroot = 没有运行中内核的文件树
environment-wsl = WSL
environment-jetson = Jetson

## 版本对照

layer-loaded = 已加载的模块
layer-initramfs = initramfs 里的模块
layer-on-disk = 磁盘上的模块
layer-libraries = 用户态库
layer-environment-libraries = 当前环境中的用户态库
layer-packages = 软件包
layer-kernel-packages = 软件包（内核侧）
layer-user-packages = 软件包（用户态侧）
layer-next-boot = 下次启动后
state-not-loaded = 未加载
state-missing = 无
state-unreadable = 未知

## 原因

heading-causes = 原因
certainty-likely = （很可能）
certainty-possible = （有可能）
follows-from-it = 由此引起：{ $title }
evidence = { $claim }：{ $value }（{ $source }）
more = 还有 { $count } 条，用 -v 查看全部

## 库自己的回答（check --deep）

heading-answers = 库自己的回答
answer = { $path }：{ $says }（{ $name } { $code }）

## 重启有用吗？

heading-reboot = 重启有用吗？
reboot-not-needed = 没有什么是重启能改变的。
reboot-harmless = 不需要重启；重启也无妨：进入内核 { $kernel } 后，一切仍然匹配。
reboot-helps = 有用。下次启动会进入内核 { $kernel }，届时一切匹配。
reboot-does-not-help = 没用。下次启动会进入内核 { $kernel }，届时仍有问题：{ $titles }。
reboot-harms = 不仅没用，还会更糟。下次启动会进入内核 { $kernel }，届时会有问题：{ $titles }。
reboot-unknown = 无法判断：不知道下次会启动哪个内核。
reboot-container = 在容器里无法判断：内核和内核模块属于宿主机。
reboot-elsewhere = 重启不会改变什么：这个系统的驱动不来自它自己的软件包。
reboot-image = 不作判断：这是一个文件树，不是运行中的机器。
title-separator = ；

## 怎么办

heading-help = 怎么办
read-more = 关于这个原因的详细说明：
plan-it = nvmend 能怎样修复（逐步列出）：

## 未能读取

heading-gaps = 未能读取
gap = { $what }：{ $why }
gaps-need-root = 用 sudo 运行可以看到这些内容。
reason-not-found = 没有这个文件
reason-not-permitted = 权限不足
reason-wrong-kind = 文件类型不对
reason-link-loop = 符号链接层数过多
reason-not-captured = 保存的内容里没有
reason-unsupported = 在这里无法询问
