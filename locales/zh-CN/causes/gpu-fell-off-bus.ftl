name = GPU 从总线上掉线
title = { $state ->
        [dead] 有 GPU 无法初始化，原因不在版本
       *[lost] 有 GPU 不再响应：是硬件问题，与版本无关
    }
explanation = 内核日志说：{ $line }。{ $state ->
        [dead] 模块找到了 GPU，却无法启动它。驱动各部分是匹配的，请先查机器本身：主板固件里的设置（Above 4G Decoding、Resizable BAR）、供电、插槽、显卡。也不排除是这一版驱动自身的缺陷。
       *[lost] GPU 在 PCI 总线上不再响应。这是供电、散热、插槽或显卡本身的问题，换驱动版本或重装都没有用。
    }
what = 驱动与 GPU 失去联系（Xid 79），或者根本无法启动它（“RmInitAdapter failed”）。用到它的程序全部失败，尽管模块和库是匹配的。
why = 供电不足或不稳、过热、插槽或转接卡接触不良、PCIe 电源管理、显卡损坏，有时是主板固件或其设置的问题：显存大的 GPU 需要打开 Above 4G Decoding。
see =
    dmesg | grep -E 'Xid|fallen off the bus|RmInitAdapter|BAR|AER|pcieport'
    lspci -d 10de: -vv
    nvidia-smi -q -d TEMPERATURE,POWER
    sensors
helps =
    彻底断电再开机，热重启往往不够。
    然后检查：电源和供电线、显卡与转接卡是否插牢、散热、主板固件版本。
    如果 GPU 一直无法初始化：在主板固件设置里打开 Above 4G Decoding 和 Resizable BAR，并升级主板固件。
    如果是升级驱动之后才出现的，换同一分支的另一版驱动试试。
    如果一有负载就复发，可先限制功耗试试：nvidia-smi -pl，后接较低的数值
    把显卡换个插槽或换台机器试。租用的机器请报给服务商。
avoid = 不要重装或更换驱动：版本没有任何问题。
