// SPDX-License-Identifier: MIT
/*
 * Stands in for nvidia.ko where there is no GPU: what the driver's libraries ask of it before they look for one, and
 * what the kernel shows of it. The version check is the driver's own protocol (open-gpu-kernel-modules:
 * nv_ioctl_rm_api_version_t in nv-ioctl.h, NV_ESC_CHECK_VERSION_STR in nv-ioctl-numbers.h, rm_perform_version_check in
 * osapi.c).
 */
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define MAJOR_NUMBER 195
#define CHECK_VERSION_STR 210
#define CMD_QUERY '2'

struct version_check {
	u32 cmd;
	u32 reply;
	char version[64];
};

int nvstub_core(void);
int nvstub_core(void)
{
	return 0;
}
EXPORT_SYMBOL(nvstub_core);

static long core_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct version_check check;
	void __user *user = (void __user *)argument;
	bool fits;

	if (_IOC_TYPE(command) != 'F' || _IOC_NR(command) != CHECK_VERSION_STR ||
	    _IOC_SIZE(command) != sizeof(check))
		return -EINVAL;
	if (copy_from_user(&check, user, sizeof(check)))
		return -EFAULT;
	check.version[sizeof(check.version) - 1] = 0;
	fits = check.cmd == CMD_QUERY || !strcmp(check.version, VERSION);
	if (!fits)
		pr_err("NVRM: API mismatch: the client has the version %s, but\n"
		       "NVRM: this kernel module has the version %s.  Please\n"
		       "NVRM: make sure that this kernel module and all NVIDIA driver\n"
		       "NVRM: components have the same version.\n", check.version, VERSION);
	memset(&check.version, 0, sizeof(check.version));
	strscpy(check.version, VERSION, sizeof(check.version));
	check.reply = fits;
	if (copy_to_user(user, &check, sizeof(check)))
		return -EFAULT;
	return fits ? 0 : -EINVAL;
}

static const struct file_operations core_files = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = core_ioctl,
};

static int version_show(struct seq_file *file, void *unused)
{
	seq_printf(file, "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  %s  Release Build  (testbed)\n"
			 "GCC version:  gcc version 12.2.0\n", VERSION);
	return 0;
}

static int params_show(struct seq_file *file, void *unused)
{
	seq_puts(file, "DeviceFileUID: 0\nDeviceFileGID: 0\nDeviceFileMode: 438\nModifyDeviceFiles: 1\n");
	return 0;
}

static struct proc_dir_entry *directory;

static int __init core_init(void)
{
	int error = register_chrdev(MAJOR_NUMBER, "nvidia-frontend", &core_files);

	if (error)
		return error;
	directory = proc_mkdir("driver/nvidia", NULL);
	proc_create_single("version", 0444, directory, version_show);
	proc_create_single("params", 0444, directory, params_show);
	pr_info("NVRM: loading NVIDIA UNIX Open Kernel Module for x86_64  %s  Release Build  (testbed)\n", VERSION);
	return 0;
}

static void __exit core_exit(void)
{
	proc_remove(directory);
	unregister_chrdev(MAJOR_NUMBER, "nvidia-frontend");
}

module_init(core_init);
module_exit(core_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(VERSION);
