/** The chargeback runbook's blocks: from pages of VMs to a statement and its reports. */
@NullMarked
package io.drover.runtime.chargeback;

import org.jspecify.annotations.NullMarked;
