name = GPU 从总线上掉线
title = 有 GPU 不再响应：是硬件问题，与版本无关
explanation = 内核日志说：{ $line }。GPU 在 PCI 总线上不再响应。这是供电、散热、插槽或显卡本身的问题，换驱动版本或重装都没有用。
what = 驱动与 GPU 失去联系（Xid 79）。用到它的程序全部失败，尽管模块和库是匹配的。
why = 供电不足或不稳、过热、插槽或转接卡接触不良、PCIe 电源管理、显卡损坏，有时是主板固件的问题。
see =
    dmesg | grep -E 'Xid|fallen off the bus|AER|pcieport'
    lspci -d 10de: -vv
    nvidia-smi -q -d TEMPERATURE,POWER
    sensors
helps =
    彻底断电再开机，热重启往往不够。
    然后检查：电源和供电线、显卡与转接卡是否插牢、散热、主板固件版本。
    如果一有负载就复发，可先限制功耗试试：nvidia-smi -pl，后接较低的数值
    把显卡换个插槽或换台机器试。租用的机器请报给服务商。
avoid = 不要重装或更换驱动：版本没有任何问题。
