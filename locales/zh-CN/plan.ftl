# 方案与执行的用语。参数见英文版的注释。

## 某种办法为什么用不了（接在“用不了：”之后）。按标识排序。

component-missing = Debian 把驱动放在 contrib、non-free 和 non-free-firmware 组件里，而这里配置的软件源没有（{ $packages }）
container-loses-gpu = 需要让 systemd 重新读取单元文件，而 { $name } 会因此失去 GPU
file-unreadable = 无法读取 { $path }（{ $why }）
gpu-jobs-run = 这些程序正在使用 GPU：{ $jobs }；加上 --allow gpu-jobs-stop 才会结束它们
held-by-module = 模块 { $by } 依赖 { $module }，它不属于驱动，换成新模块后未必还能加载；请先卸载它，事后再加载
held-unseen = 占用 { $module } 的不是程序，而是使用虚拟 GPU 的虚拟机，或者内核的某个部分
holders-hidden = 看不全使用 GPU 的进程（有 { $count } 个看不到），请以 root 运行
image-based = 这个系统以整个镜像为单位更新，重启后生效；请手动执行：{ $command }
line-not-in-a-file = 这一行不在可以编辑的文件里（{ $origin }）
managed-elsewhere = 这台机器的驱动由 { $manager } 管理（{ $origin }）
mig-instances = 已经建立的 { $count } 个 MIG 实例会丢失
next-kernel-unknown = 不知道下次会启动哪个内核
no-driver-offered = 这里配置的软件源里没有这块 GPU 的驱动（找过：{ $packages }）
no-driver-packages = 没有安装驱动软件包
no-image = 没有由发行版工具生成的该内核的 initramfs
no-line = 没有哪一行配置在阻止模块加载
no-module-on-disk = 磁盘上没有当前内核可用的模块
no-other-driver = 没有可以保留的另一个驱动
no-other-flavour = 已安装的软件包只有一种模块
no-package-lists = 软件包管理器没有软件源的索引，请先更新索引（apt-get update）
no-package-manager = 没有找到数据库可读的软件包管理器
no-runfile = 没有安装 .run 驱动
no-simulation = 在这里无法询问软件包管理器
no-space = { $path } 所在的文件系统剩 { $free } MiB，需要 { $needed } MiB
no-wrong-link = 没有哪个库的链接是错的
not-a-host = 这不是一台自己加载内核模块的运行中的机器
not-a-service = 这些程序不属于可以重启的服务：{ $jobs }
nothing-loaded = 没有加载模块
nothing-newer = 软件源里没有支持这块 GPU 且比 { $version } 更新的版本
nothing-to-change = 没有需要变更的软件包
nothing-to-move = 碍事的文件都属于某个软件包
nothing-to-restart = 没有看到使用其他版本库的服务进程
nothing-unattended = 这里没有什么会自动升级驱动的软件包
partial-upgrade = Arch 只支持整个系统一起升级，而按上次同步的软件源升级之后，这些软件包仍然不匹配：{ $packages }；请先手动同步并升级（pacman -Syu），再检查一次
service-unknown = systemd 没有说明哪些服务会随 { $unit } 一起停止（{ $why }）
wanted-version-unknown = 不知道应该保留哪个版本
would-remove = 会卸载必须保留的软件包：{ $packages }

## 其他办法为什么没有选（接在名称之后）

other-hindered = 用不了：{ $why }
other-not-carried-out = nvmend 不做这一项，需要人工操作
other-does-not-help = 没有用，之后仍然存在：{ $causes }
other-not-allowed = 影响超出了允许的范围：{ $disruption }
other-interrupts-more = 也有用，但影响更大：{ $disruption }
other-changes-more = 也有用，但改动更多
disruption-none = 没有影响
disruption-service-restart = 要重启服务
disruption-gpu-jobs-stop = 要结束使用 GPU 的程序
disruption-reboot = 要重启机器

## 方案

then-separator = ，然后
list-separator = 、
title = 方案：{ $name }
against = 针对：{ $title } [{ $cause }]
heading-steps = 要做什么
undo = 撤销：{ $undo }
no-undo = 无法撤销：{ $why }
more-steps = 还有 { $count } 个同类步骤，用 -v 查看全部
cut = …（用 -v 查看全部）
heading-interruption = 有什么影响
interrupts-services = 要停止再启动的服务：{ $units }
interrupts-containers = 要停止再启动的容器（其中的程序会结束）：{ $containers }
interrupts-programs = 要结束的程序：{ $programs }
interrupts-gpu = 重新加载模块期间，任何程序都不能使用 GPU
interrupts-all = 整台机器：要重启
interrupts-nothing = 没有影响
heading-outcome = 预计结果
outcome-fits = 一切匹配
outcome-at-risk = 能用，但即将出问题
outcome-broken = 仍有故障
outcome-by-hand = 人工做完剩下的部分之后，再运行 nvmend 查看结果
outcome-unknown = 无法判断是否一切匹配
left = 之后仍然存在：{ $causes }
heading-others = 其他办法
other = { $name }：{ $says }
nothing-aligned = 无需处理：一切匹配
nothing-here = 无需处理：这里没有需要与 GPU 匹配的驱动
nothing-known = 没有方案：无法判断是否有问题；nvmend check 会列出没能读到的内容
no-plan = 没有方案：nvmend 能做的事都修不好这台机器
by-hand = 可以人工处理，参见：

## 执行结果

run-succeeded = 完成。问题已经消除，机器的状态与预计一致。
run-succeeded-otherwise = 完成。问题已经消除，但有些地方与预计不同。
run-rolled-back = 执行失败，已全部撤销：机器恢复到执行之前的状态。
run-interrupted-rolled-back = 中断的执行已经撤销：机器恢复到执行之前的状态。
run-stuck = 未能全部撤销。没能撤销的有：
run-partly-undone = 能撤销的都已撤销。保留下来的有：
run-undone = 已撤销：机器恢复到执行之前的状态。
run-awaits-reboot = 机器即将重启，重启后会自动继续；下次运行 nvmend 时会显示结果。
run-open = 这次执行没有结束，已做的改动还没有撤销。
fault-step = 第 { $number } 步（{ $does }）：{ $why }
fault-still-found = 所有步骤都已完成，但问题仍然存在：{ $causes }
fault-stopped = 按要求停止。
step-stuck = 第 { $number } 步（{ $does }）：{ $why }
differences = 与预计不同之处：
difference = { $field }：预计 { $predicted }，实际 { $found }
programs-said = 各程序的输出（root 可读）：
to-take-back = 如需撤销：
to-take-back-partly = 其中一部分可以撤销：
nothing-to-take-back = 这次执行的改动都无法撤销。
to-take-back-rest = 撤销其余的改动：

## 结果还没有告知过用户的执行（一行）

notice-open = 执行 { $run } 没有结束：可能正在进行，也可能中断了。如果是中断，请撤销：sudo nvmend undo { $run }
notice-awaits-reboot = 执行 { $run } 会在重启后继续。如果不想继续，可以撤销：sudo nvmend undo { $run }
notice-succeeded = 执行 { $run } 已经完成，问题已经消除。详情：nvmend history
notice-rolled-back = 执行 { $run } 失败，已全部撤销。详情：nvmend history
notice-stuck = 执行 { $run } 未能全部撤销。请再试一次：sudo nvmend undo { $run }
notice-partly-undone = 执行 { $run } 中能撤销的都已撤销。查看保留了哪些改动：nvmend history -v
notice-undone = 执行 { $run } 已经撤销。详情：nvmend history

## 执行记录

no-runs = 没有执行记录：nvmend 没有改动过这台机器。
state-succeeded = 完成
state-rolled-back = 失败，已撤销
state-stuck = 未能全部撤销
state-partly-undone = 后来撤销了一部分
state-undone = 后来已撤销
state-awaits-reboot = 重启后继续
state-open = 没有结束
run-step = { $step }：{ $state }
step-not-begun = 未开始
step-begun = 已开始
step-done = 已完成
step-reverted = 已撤销
step-not-reverted = 未能撤销
step-stays = 无法撤销，保留下来
run-unreadable = 无法读取执行记录 { $run }：{ $why }

## 撤销

undo-title = 撤销执行 { $run }（{ $name }）
undo-spared = 保持现状：有一步已无法撤销，单独撤销这一步只会造成中断
was-stuck = 上次未能撤销：{ $why }
gpus-need-both = 这里的 GPU 有的需要开源模块，有的需要专有模块
headers-not-available = 这里配置的软件源里已经没有 { $packages }
package-manager-failed = { $program } 拒绝执行：{ $why }
packages-held = 这些软件包被锁定在现有版本：{ $packages }
packages-not-available = 软件源里没有所需的软件包（{ $why }）
packages-unmet = 依赖关系无法满足（{ $why }）
version-not-available = 这里配置的软件源里没有 { $version } 版的 { $packages }
build-source-gone = { $module } { $version } 的源码不在了
build-would-fail = 上次编译失败了，再编译还会失败：{ $error }（{ $log }）
driver-does-not-work = 要先让驱动正常工作
headers-missing = 没有安装内核 { $kernel } 的头文件
no-cuda-known = 不知道这个驱动支持哪些 CUDA
no-engine = 没有可以配置 NVIDIA 运行时的容器引擎
no-forward-compatibility = CUDA { $wanted } 的 cuda-compat 不适用于这块 GPU 或这个驱动
no-other-kernel = 其他已安装的内核都没有合适的模块
no-right-library = 旁边没有 { $version } 版的 { $library }
nothing-to-build = 这台机器上的编译工具都不知道有哪个模块缺失
nothing-to-install = 要安装的都已经有了
nothing-to-write = 所有规范都没有问题
owner-unknown = 无法判断 { $path } 是否属于某个软件包
runfile-record-damaged = .run 安装程序的记录从第 { $line } 行起无法解读（/var/lib/nvidia/log）
runfile-record-unreadable = 无法读取 /var/lib/nvidia/log，不知道 .run 安装程序装了哪些文件
program-missing = 没有安装 { $program }
space-unknown = 上次编译时空间不足，而现在无法得知 { $path } 所在的文件系统剩多少空间
system-directory = 所有程序都需要 { $path } 这个目录
