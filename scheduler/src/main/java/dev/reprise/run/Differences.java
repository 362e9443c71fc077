package dev.reprise.run;

import dev.reprise.cache.store.Manifest;
import java.io.IOException;

/** Says where two results of one unit differ. Belongs to the run's one thread. */
public interface Differences {
  /**
   * Why a result of a step that is there by now may have been made by other code or values than its
   * key says; empty if it was not.
   */
  String spoilt(String step);

  /**
   * The first row, element or field that differs, for people; empty if the values look the same.
   *
   * @param node id of the step
   * @param before the result that the run has
   * @param now what was made again
   * @throws IOException if one of them cannot be read; the message says why
   */
  String first(int node, Manifest before, Manifest now) throws IOException;
}
