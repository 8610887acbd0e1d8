# 命令行用语：帮助、提示、错误。参数见英文版的注释。

## 帮助

about = 找出 NVIDIA 驱动各部分不匹配的原因，并说明怎么办。不会改动任何东西。
command-check = 诊断机器：结论、版本对照、原因、怎么办（默认命令）
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

## 错误

error = 错误：
error-later-command = nvmend { $command } 还没有做好：这个版本只做诊断。
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
error-capture-exists = { $path } 已经存在，不会覆盖它。
hint-capture-exists = 请用 -o 指定另一个文件。
error-capture-write = 无法写入 { $path }：{ $why }。
hint-suggestion = 是不是想用“{ $suggestion }”？
hint-help = 用 nvmend --help 查看有哪些命令和选项。

## 文档

docs-cli-title = nvmend 的命令行
docs-causes-title = nvmend 能指出的原因
docs-generated = 本文件由程序生成（cargo xtask docs）。
docs-causes-intro = 报告在方括号里给出原因的标识；nvmend explain 加上标识，显示的就是这里的内容。
