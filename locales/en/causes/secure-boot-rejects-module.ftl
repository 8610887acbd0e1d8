name = Module refused by Secure Boot
title = Kernel { $kernel } refuses the nvidia module for its signature
explanation = The kernel loads only modules that are signed by a key it trusts. { $signature ->
        [unsigned] The nvidia module of kernel { $kernel } is not signed.
        [signed] The module is signed by "{ $signer }", a key that is not trusted.
       *[unknown] It turned the nvidia module away.
    }
what = With Secure Boot, the kernel refuses modules that are not signed by a trusted key: "Key was rejected by service", "Required key not available". The driver is all right, but it may not be loaded.
why = A module built on this machine is signed with this machine's own key, and that key must be enrolled once at boot, in a blue screen that is easily missed. A new key was made, or the module was built without signing. The setting module.sig_enforce=1 has the same effect without Secure Boot.
see =
    mokutil --sb-state
    modinfo -F signer nvidia
    mokutil --list-enrolled | grep CN
    dmesg | grep -i -E 'nvidia|signature|lockdown'
    cat /sys/kernel/security/lockdown
helps =
    Use modules that the distribution signs, where there are any:
    Ubuntu: apt install linux-modules-nvidia-535-generic, with the series of your driver
    SUSE: zypper install nvidia-open-driver-G06-signed-kmp-default
    Otherwise enrol the key with which the modules are signed, reboot, and choose "Enroll MOK":
    Ubuntu: mokutil --import /var/lib/shim-signed/mok/MOK.der
    Debian and others with DKMS: mokutil --import /var/lib/dkms/mok.pub
    Fedora with akmods: kmodgenca, then mokutil --import /etc/pki/akmods/certs/public_key.der
    Then build again if the module was unsigned: dkms autoinstall, or akmods --force
    On cloud machines without a console the key cannot be enrolled: use signed modules.
avoid = Do not switch Secure Boot off as a first step; with BitLocker or measured boot it has consequences. Do not make a new key where an enrolled one exists. An enrolled key proves nothing if the module is signed with another.
