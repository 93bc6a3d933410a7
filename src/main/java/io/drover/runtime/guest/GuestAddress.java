package io.drover.runtime.guest;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The subnets that guests may be in. Addresses come from Prism Central, which has them from the
 * guests themselves, so an address alone must not be able to lead us elsewhere.
 */
final class GuestAddress {
  /** A literal only: a name would be looked up, and could mean another host a second later. */
  private static final Pattern LITERAL =
      Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");

  private final List<Block> blocks = new ArrayList<>();

  private record Block(byte[] base, int bits, String text) {}

  /**
   * @throws IllegalArgumentException when one is not a CIDR block
   */
  GuestAddress(List<String> subnets) {
    for (String subnet : subnets) {
      int slash = subnet.indexOf('/');
      try {
        byte[] base = literal(subnet.substring(0, Math.max(slash, 0))).getAddress();
        int bits = Integer.parseInt(subnet.substring(slash + 1));
        if (bits < 0 || bits > base.length * 8) {
          throw new NumberFormatException("out of range");
        }
        blocks.add(new Block(base, bits, subnet));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "drover.guests.subnets: " + subnet + " (expected: a CIDR block like 10.20.0.0/16)", e);
      }
    }
  }

  /**
   * The address, if it is inside.
   *
   * @throws IllegalArgumentException when it is not one, or outside every subnet
   */
  InetAddress inside(String text) {
    InetAddress address = literal(text);
    byte[] bytes = address.getAddress();
    for (Block block : blocks) {
      if (matches(block, bytes)) {
        return address;
      }
    }
    throw new IllegalArgumentException(
        "address: "
            + text
            + " (expected: an address in drover.guests.subnets, "
            + blocks.stream().map(Block::text).toList()
            + ")");
  }

  private static InetAddress literal(String text) {
    if (!LITERAL.matcher(text).matches()) {
      throw new IllegalArgumentException("address: " + cut(text) + " (expected: an IP address)");
    }
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("address: " + cut(text) + " (expected: an IP address)", e);
    }
  }

  private static String cut(String text) {
    return text.length() > 100 ? text.substring(0, 100) + "…" : text;
  }

  private static boolean matches(Block block, byte[] address) {
    if (address.length != block.base().length) {
      return false;
    }
    for (int bit = 0; bit < block.bits(); bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((address[bit / 8] & mask) != (block.base()[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }
}
