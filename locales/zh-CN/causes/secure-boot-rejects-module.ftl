name = 模块被安全启动拒绝
title = 内核 { $kernel } 因签名问题拒绝加载 nvidia 模块
explanation = 内核只加载由受信任密钥签名的模块。{ $signature ->
        [unsigned] 内核 { $kernel } 的 nvidia 模块没有签名。
        [signed] 模块由 “{ $signer }” 签名，而这个密钥不受信任。
       *[unknown] nvidia 模块已被拒绝。
    }
what = 启用安全启动（Secure Boot）后，内核拒绝加载未经受信任密钥签名的模块，报 “Key was rejected by service” 或 “Required key not available”。驱动本身没有问题，只是不许加载。
why = 在本机编译的模块用本机自己的密钥签名，这个密钥要在启动时的蓝色界面里登记一次，很容易错过。也可能是重新生成了密钥，或编译时没有签名。即使没有启用安全启动，module.sig_enforce=1 也有同样的效果。
see =
    mokutil --sb-state
    modinfo -F signer nvidia
    mokutil --list-enrolled | grep CN
    dmesg | grep -i -E 'nvidia|signature|lockdown'
    cat /sys/kernel/security/lockdown
helps =
    发行版提供已签名模块的，直接用它：
    Ubuntu：apt install linux-modules-nvidia-535-generic，其中 535 换成所用驱动的系列
    SUSE：zypper install nvidia-open-driver-G06-signed-kmp-default
    否则登记用来签名的密钥，重启，并在界面里选择 “Enroll MOK”：
    Ubuntu：mokutil --import /var/lib/shim-signed/mok/MOK.der
    Debian 等使用 DKMS 的系统：mokutil --import /var/lib/dkms/mok.pub
    使用 akmods 的 Fedora：先 kmodgenca，再 mokutil --import /etc/pki/akmods/certs/public_key.der
    模块没有签名的，登记后重新编译：dkms autoinstall 或 akmods --force
    云主机没有控制台，无法登记密钥，请使用已签名的模块。
avoid = 不要一上来就关闭安全启动，启用了 BitLocker 或度量启动的机器会受影响。已有登记过的密钥时不要再生成新的。密钥登记了，不等于模块就是用它签的名。
