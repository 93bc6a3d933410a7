package io.drover.runtime.guest;

import java.net.InetAddress;

/**
 * One guest as the door reaches it.
 *
 * @param system the Prism Central its VM belongs to
 * @param vmExtId the VM
 * @param name for people; hostile text
 */
record Guest(String system, String vmExtId, String name, InetAddress address) {
  @Override
  public String toString() {
    return "VM " + name + " (" + vmExtId + ", " + address.getHostAddress() + ")";
  }
}
