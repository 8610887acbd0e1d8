name = GPU fell off the bus
title = { $state ->
        [dead] A GPU cannot be initialised, and not for its versions
       *[lost] A GPU does not answer any more: hardware, not versions
    }
explanation = The kernel said: { $line }. { $state ->
        [dead] The module found the GPU and could not start it. The driver's parts fit together, so look at the machine first: settings of its firmware (Above 4G Decoding, Resizable BAR), power, slot, the card. A defect of this very driver version is possible too.
       *[lost] The GPU stopped answering on the PCI bus. That is a fault of power, heat, the slot or the card; no driver version and no reinstallation helps.
    }
what = The driver lost the connection to the GPU (Xid 79), or could not start it at all ("RmInitAdapter failed"). Every program that uses it fails, though module and libraries fit together.
why = Too little or unstable power, overheating, a bad contact in the slot or riser, PCIe power management, a defective card, sometimes the mainboard's firmware or its settings: a large GPU needs Above 4G Decoding.
see =
    dmesg | grep -E 'Xid|fallen off the bus|RmInitAdapter|BAR|AER|pcieport'
    lspci -d 10de: -vv
    nvidia-smi -q -d TEMPERATURE,POWER
    sensors
helps =
    Switch the machine off and on again; a warm reboot often is not enough.
    Then check: power supply and its cables, seating of the card and riser, cooling, the mainboard's firmware.
    If the GPU cannot be initialised at all: switch Above 4G Decoding and Resizable BAR on in the firmware's setup, and upgrade that firmware.
    If it began with a driver upgrade, try another version of the same branch.
    If it comes back under load, limit the power as a test: nvidia-smi -pl, with a lower value
    Try the card in another slot or machine. On a rented machine, report it to the provider.
avoid = Do not reinstall or change the driver: nothing about its versions is wrong.
