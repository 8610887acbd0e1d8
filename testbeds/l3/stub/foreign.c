// SPDX-License-Identifier: MIT
#define OWN foreign
#define USES core
#include "member.h"
