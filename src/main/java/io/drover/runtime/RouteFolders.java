package io.drover.runtime;

import java.util.List;

/** More places with route files, beside the shipped ones. */
public interface RouteFolders {

  /** Resource patterns, one folder each: a `**` loses sub-folders inside the packaged jar. */
  List<String> patterns();
}
