# 方案与执行的用语。参数见英文版的注释。

## 某种办法为什么用不了（接在“用不了：”之后）。按标识排序。

file-unreadable = 无法读取 { $path }（{ $why }）
gpu-jobs-run = 这些程序正在使用 GPU：{ $jobs }；加上 --allow gpu-jobs-stop 才会结束它们
holders-hidden = 看不全使用 GPU 的进程（有 { $count } 个看不到），请以 root 运行
line-not-in-a-file = 这一行不在可以编辑的文件里（{ $origin }）
managed-elsewhere = 这台机器的驱动由 { $manager } 管理（{ $origin }）
next-kernel-unknown = 不知道下次会启动哪个内核
no-image = 没有由发行版工具生成的该内核的 initramfs
no-line = 没有哪一行配置在阻止模块加载
no-module-on-disk = 磁盘上没有当前内核可用的模块
no-simulation = 在这里无法询问软件包管理器
not-a-host = 这不是一台自己加载内核模块的运行中的机器
nothing-loaded = 没有加载模块
nothing-to-move = 碍事的文件都属于某个软件包
wanted-version-unknown = 不知道应该保留哪个版本
