package io.drover.runtime.prism;

import io.drover.odata.VerifiedScan;
import io.drover.odata.VerifiedScan.Part;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * The wanted rows of a scan, page by page, for a streaming split. Each page says which pass it
 * belongs to; rows of an earlier pass are void.
 */
public final class VmScan implements Iterator<Part<Map<String, Object>>> {
  private final PrismList list;
  private final VerifiedScan<Map<String, Object>> scan;

  VmScan(PrismList list, VerifiedScan<Map<String, Object>> scan) {
    this.list = list;
    this.scan = scan;
  }

  @Override
  public boolean hasNext() {
    return scan.hasNext();
  }

  @Override
  public Part<Map<String, Object>> next() {
    Part<Map<String, Object>> page = scan.next();
    List<Map<String, Object>> wanted = page.rows().stream().filter(list.wanted()).toList();
    return new Part<>(page.pass(), wanted);
  }

  /** What it can promise; known after the last page. Counts all rows, wanted or not. */
  public VerifiedScan.Result result() {
    return scan.result();
  }
}
