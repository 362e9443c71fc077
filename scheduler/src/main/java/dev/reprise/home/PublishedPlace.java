package dev.reprise.home;

import dev.reprise.graph.Publication;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Where a publication leads, as long as nobody changes a link on the way.
 *
 * @param real the path without links; of what is not there yet, that of the folder above it which
 *     is, and the rest as it was written
 */
record PublishedPlace(Publication publication, Path real) {
  static PublishedPlace of(Publication publication) {
    Path at = publication.to();
    for (Path above = at; above != null; above = above.getParent()) {
      try {
        return new PublishedPlace(publication, above.toRealPath().resolve(above.relativize(at)));
      } catch (IOException e) {
        // It is not there, or may not be looked into; the folder above it may.
      }
    }
    return new PublishedPlace(publication, at);
  }
}
