name = GPU fell off the bus
title = A GPU does not answer any more: hardware, not versions
explanation = The kernel said: { $line }. The GPU stopped answering on the PCI bus. That is a fault of power, heat, the slot or the card; no driver version and no reinstallation helps.
what = The driver lost the connection to the GPU (Xid 79). Every program that uses it fails, though module and libraries fit together.
why = Too little or unstable power, overheating, a bad contact in the slot or riser, PCIe power management, a defective card, sometimes the mainboard's firmware.
see =
    dmesg | grep -E 'Xid|fallen off the bus|AER|pcieport'
    lspci -d 10de: -vv
    nvidia-smi -q -d TEMPERATURE,POWER
    sensors
helps =
    Switch the machine off and on again; a warm reboot often is not enough.
    Then check: power supply and its cables, seating of the card and riser, cooling, the mainboard's firmware.
    If it comes back under load, limit the power as a test: nvidia-smi -pl, with a lower value
    Try the card in another slot or machine. On a rented machine, report it to the provider.
avoid = Do not reinstall or change the driver: nothing about its versions is wrong.
