// SPDX-License-Identifier: MIT
#define OWN uvm
#define USES core
#include "member.h"
