# 命令行用语：帮助、提示、错误。参数见英文版的注释。

## 帮助

about = 找出 NVIDIA 驱动各部分不匹配的原因，说明怎么办，并加以修复。只有 apply 和 undo 会改动机器。
command-check = 诊断机器：结论、版本对照、原因、怎么办（默认命令）
command-plan = 显示修复这台机器的方案，逐步列出；不改动任何东西
command-apply = 先显示方案并征求同意，然后执行；需要 root
command-undo = 撤销一次执行；不给 RUN 则撤销最近一次；需要 root
command-history = 列出 nvmend 对这台机器做过什么
command-resume = 重启后继续上次的执行
command-explain = 说明一种原因；不给 CAUSE 则列出全部
command-capture = 把诊断时读到的内容写入文件（去掉用户名、主机名和地址），以便在别处诊断
command-completions = 输出某种 shell 的补全脚本
command-man = 输出手册页
command-help = 显示某个命令的帮助
argument-cause = 原因的标识，即报告中方括号里的名字
argument-shell = 可选：{ $shells }
argument-command = 命令名
option-after = 按重启之后的样子来判断这台机器
option-deep = 另外在独立进程中直接询问找到的每个 NVML 和 CUDA 库。驱动可能因此写内核日志、加载模块或创建设备文件
option-root = 不看本机，而是判断目录 DIR 下的文件树：挂载的磁盘、chroot、镜像
option-from = 根据文件判断一台机器：nvmend 的采集文件、nvidia-bug-report.log(.gz)、内核日志（dmesg）、nvidia-installer.log
option-example = 判断一个内置示例；不给 NAME 则列出全部示例
option-env = 与 --root 合用：要判断的环境中的变量，可以多次给出
option-format = 报告格式：{ $formats }（默认 text）
option-lang = 语言：en 或 zh-CN（默认取自系统区域设置）
option-color = 颜色：auto、always 或 never（默认 auto）
option-verbose = 显示全部内容：所有证据，所有未能读取之处
option-quiet = 只显示结论
option-output = 要写入的文件；- 表示标准输出（默认 nvmend-capture.tar.zst）
argument-plan = nvmend plan -o 写出的方案；不给则现做一个
argument-run = 执行的名称，见 nvmend history
option-allow = 允许的影响：none（没有影响）、service-restart（重启服务；reload 与它相同）、gpu-jobs-stop（还可以结束使用 GPU 的程序）、reboot（重启机器）；多个用逗号分隔。不给则除结束程序外都允许；与 --yes 合用时必须给出
option-remedy = 采用该原因的这种处理办法；给出多次则依次采用
option-plan-output = 同时把方案写入 FILE，供 nvmend apply FILE 使用；- 表示以 JSON 写到标准输出
option-yes = 不再询问；必须同时给出 --allow，它也涵盖无法撤销的步骤
option-undo-yes = 不再询问
option-partly = 即使这次执行中有无法撤销的内容，也撤销其余部分
option-dry-run = 只显示要做什么，不执行
option-help = 显示帮助
option-version = 显示版本
heading-usage = 用法
heading-commands = 命令
heading-arguments = 参数
heading-options = 选项
heading-global-options = 通用选项

## nvmend explain

explain-what = 这是什么
explain-why = 为什么会这样
explain-see = 怎样手动确认
explain-helps = 怎么办
explain-avoid = 不要做什么
heading-remedies = 处理办法（影响小的在前）
remedy = { $name }：{ $does }

## nvmend capture

capture-written = 已写入 { $file }（{ $size } KiB），其中不含用户名、主机名和地址。
    交给别人之前请先看一遍；诊断它：nvmend --from { $file }

## nvmend plan、apply、undo

plan-to-do-it = 执行它：
ask-apply = 要执行吗？[y/N]
ask-final-heading = 以下步骤无法撤销：
ask-final = 仍要执行吗？[y/N]
ask-undo = 要撤销吗？[y/N]
apply-declined = 没有改动任何东西。
apply-nothing-left = 无需处理：这个方案要修复的问题已经不存在。
progress-waits = 正在等待 { $lock }，它被 { $holder } 占用……
progress-rolls-back = 有步骤失败，正在撤销已做的改动：
progress-stopping = 当前步骤完成后停止，然后撤销已做的改动。
error-only-here = nvmend { $command } 改动的是本机，不能与 { $option } 同用。
hint-only-here = nvmend plan 可以显示在那里会做什么。
error-not-root = nvmend { $command } 要改动机器，需要 root 权限。
hint-not-root = 请运行：sudo nvmend { $command }
error-yes-without-limit = --yes 必须与 --allow 同用：既然不询问，就要写明允许什么影响。
hint-yes-without-limit = 例如：nvmend apply --yes --allow service-restart
error-nobody-to-ask = 没有终端可供询问，因此没有改动任何东西。
hint-nobody-to-ask = 在脚本里请用：nvmend apply --yes --allow service-restart（或 none、gpu-jobs-stop、reboot）
hint-nobody-to-ask-undo = 在脚本里请用：nvmend undo --yes
error-by-hand = 这个方案要由人工完成；没有改动任何东西。
error-remedy-not-here = “{ $remedy }”不是 { $cause } 的处理办法。nvmend 能执行的办法有：{ $remedies }
error-remedy-unneeded = 在这台机器上没有发现需要用“{ $remedy }”处理的问题。
error-plan-format = { $path } 不是方案文件。
hint-plan-anew = 请重新生成：nvmend plan -o FILE
error-plan-empty = { $path } 里没有方案：写出它时没有可做的事。
error-plan-edited = { $path } 生成之后被人改过，不予执行。
error-plan-machine = 这个方案是在另一台机器上做的，不在这里执行。
error-plan-changed = 方案做好之后机器有了变化，现在需要的步骤已经不同。没有改动任何东西。
error-plan-impossible = 方案做好之后机器有了变化，或者 --allow 允许得更少：{ $why }。没有改动任何东西。
error-unfinished = 执行 { $run } 中断过，它做的改动还没有撤销。
hint-unfinished = 请先撤销：sudo nvmend undo { $run }
error-at-work = 另一个 nvmend 正在改动这台机器。
hint-at-work = 请等它结束；之后可以用 nvmend history 查看。
error-left-lock = { $path } 还在，但没有程序打开着它：这是包管理器被意外中断后遗留的锁文件。只要它还在，包管理器就拒绝工作，因此没有改动任何东西。
hint-left-lock = 请先确认没有包管理器在运行（pgrep -a pacman），并查看中断时在做什么（tail /var/log/pacman.log），然后运行：sudo rm { $path }
error-no-such-run = 没有“{ $run }”这次执行。
hint-history = 用 nvmend history 列出所有执行。
error-no-reboot-came = 执行 { $run } 并没有在等待一次已经发生的重启。
error-run-is-undone = 执行 { $run } 已经没有可以撤销的改动。
error-run-stays = 执行 { $run } 的改动都无法撤销。
error-nothing-to-undo = 没有可以撤销的执行。
error-lost = 执行 { $run } 无法全部撤销，因此没有改动任何东西。{ $steps }
hint-lost-partly = 要撤销其余部分，请运行：sudo nvmend undo --partly { $run }
hint-lost-all = 执行 { $run } 没有其他可以撤销的改动。
error-lost-steps = 这次执行的以下步骤无法撤销：{ $numbers }。没有改动任何东西。
error-changed-since = 这次执行改过的内容后来又被人改动，不会覆盖：{ $paths }
hint-changed-since = 请先移开这些文件，或恢复成执行后的样子，然后重试。
error-nothing-changed = { $path }：{ $why }。没有改动任何东西。
hint-read-only = 文件系统是只读的。请查明原因（dmesg），改为可写后重试。
hint-no-space = 文件系统已满。请腾出空间（用 df -h 查看）后重试。
error-journal = 无法使用执行记录：{ $why }。
error-not-recorded = 无法记录执行的结果：{ $path }：{ $why }。
hint-not-recorded = 请腾出空间（用 df -h 查看）或改为可写，然后运行：sudo nvmend undo
error-worker-gone = 负责执行的进程没有给出结果就结束了。{ $why }

## 错误

error = 错误：
error-later-command = nvmend { $command } 还没有做好。
error-unknown-command = 没有“{ $command }”这个命令。
error-unknown-argument = 这里没有“{ $argument }”这个选项。
error-value-missing = { $argument } 后面要有一个值。
error-invalid-value = { $argument } 不接受“{ $value }”；可选的值：{ $valid }。
error-number-of-values = { $argument } 的值太少或太多。
error-given-twice = { $argument } 只能给一次。
error-not-utf8 = 有一个参数不是有效的 UTF-8 文本。
error-other = 无法理解这些参数：{ $why }。
error-verbose-and-quiet = -v 和 -q 不能同时使用。
error-later-format = 还不支持 { $format } 格式；目前有 text 和 json。
error-later-upgrade = 还不支持 --after upgrade；目前有 --after reboot。
error-no-reboot-here = 这里没有可重启的机器：这是容器、文件树，或者驱动来自别处的系统。
error-deep-not-here = --deep 要询问正在运行的机器上的库，不能与 { $option } 同用。
error-deep-not-captured = { $path } 里没有各个库的回答。
hint-deep-not-captured = 请在那台机器上运行 nvmend capture --deep，它会询问各个库并保存回答。
error-two-machines = { $first } 和 { $second } 各指定了一台机器，只能给其中一个。
error-env-without-root = --env 只能与 --root 合用：其他来源自带环境变量。
error-env = --env 的格式是 NAME=VALUE，而不是“{ $text }”。
error-root-absent = 没有 { $path } 这个目录。
error-root = 无法读取目录 { $path }：{ $why }。
hint-root = 请给出包含那台机器的 usr、etc、lib 的目录。
error-from-absent = 没有 { $path } 这个文件。
error-from-unreadable = 无法读取 { $path }：{ $why }。
error-from-schema = { $path }：{ $why }。
hint-from-schema = 请使用写出它的那个 nvmend，或者更新的版本。
error-from-format = { $path } 不是可以读取的文件。可以读取的有：nvmend capture 写的文件、nvidia-bug-report.log 或 .log.gz、内核日志（dmesg、journalctl -k）、nvidia-installer.log。
hint-from-format = 目录或挂载的磁盘请用 --root。
error-from-damaged = { $path }：{ $why }。
hint-from-damaged = 请重新复制一份，或者重新生成。
error-unknown-example = 没有名为“{ $name }”的示例。
hint-examples = 用 nvmend --example 列出全部示例。
error-unknown-cause = 没有“{ $cause }”这个原因。
hint-causes = 用 nvmend explain 列出全部原因。
error-which-shell = 要哪种 shell 的？可选：{ $shells }。
error-capture-to-terminal = 采集的内容不是能在终端上看的文本；请重定向到文件，或用 -o 指定文件。
error-file-exists = { $path } 已经存在，不会覆盖它。
hint-file-exists = 请用 -o 指定另一个文件。
error-file-write = 无法写入 { $path }：{ $why }。
hint-suggestion = 是不是想用“{ $suggestion }”？
hint-help = 用 nvmend --help 查看有哪些命令和选项。

## 文档

docs-cli-title = nvmend 的命令行
docs-causes-title = nvmend 能指出的原因
docs-generated = 本文件由程序生成（cargo xtask docs）。
docs-causes-intro = 报告在方括号里给出原因的标识；nvmend explain 加上标识，显示的就是这里的内容。
