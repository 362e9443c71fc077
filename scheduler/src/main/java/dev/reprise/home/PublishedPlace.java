package dev.reprise.home;

import dev.reprise.cache.base.Folders;
import dev.reprise.graph.Publication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

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

  /**
   * Why nothing can be put there, whatever may be replaced; empty if something can. What is neither
   * a file nor a folder holds nothing that could be made again: a device, a pipe, a socket, a link
   * of which nobody can say where it leads, as to a disk that is not there today.
   */
  String obstacle() {
    BasicFileAttributes there;
    try {
      there = Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      return "what is there cannot be looked at (" + e.getMessage() + "); name another path";
    }
    if (publication.isFolder() && there.isDirectory()) {
      return unmarked();
    }
    String wanted = publication.isFolder() ? "folder" : "file";
    if (!publication.isFolder() && there.isRegularFile()) {
      return "";
    } else if (there.isDirectory()) {
      return "it is a folder; name a file, or publish a folder";
    } else if (there.isRegularFile()) {
      return "it is a file; remove it, or name a folder";
    } else if (there.isSymbolicLink()) {
      return "it is a link that leads to no " + wanted + "; remove it, or name another path";
    }
    return "it is no " + wanted + "; name another path";
  }

  private String unmarked() {
    try {
      return Files.exists(real.resolve(FolderMarker.NAME)) || Folders.listIfThere(real).isEmpty()
          ? ""
          : "the folder holds what was not published by Reprise (it has no %s); name another, or"
                  .formatted(FolderMarker.NAME)
              + " empty it";
    } catch (IOException e) {
      return "the folder cannot be looked into (" + e.getMessage() + "); name another";
    }
  }
}
