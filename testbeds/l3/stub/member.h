/* SPDX-License-Identifier: MIT */
/*
 * A module that depends on another by one symbol, and may take its time to go: USES and OWN name the two symbols.
 */
#include <linux/delay.h>
#include <linux/module.h>

#define SYMBOL_(name) nvstub_##name
#define SYMBOL(name) SYMBOL_(name)

int SYMBOL(USES)(void);
int SYMBOL(OWN)(void);
int SYMBOL(OWN)(void)
{
	return SYMBOL(USES)();
}
EXPORT_SYMBOL(SYMBOL(OWN));

/* How long unloading takes, as it does where displays are switched off. */
static int exit_milliseconds;
module_param(exit_milliseconds, int, 0644);

static int __init member_init(void)
{
	return SYMBOL(OWN)();
}

static void __exit member_exit(void)
{
	msleep(exit_milliseconds);
}

module_init(member_init);
module_exit(member_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(VERSION);
