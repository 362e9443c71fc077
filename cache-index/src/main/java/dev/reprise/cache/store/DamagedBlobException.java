package dev.reprise.cache.store;

import java.io.IOException;

/** A blob is missing or is not what was written. What made it must run again. */
public final class DamagedBlobException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient BlobRef blob;
  private final boolean missing;

  public DamagedBlobException(BlobRef blob, boolean missing, String message) {
    super(message);
    this.blob = blob;
    this.missing = missing;
  }

  /** The blob that was wanted. */
  public BlobRef blob() {
    return blob;
  }

  /** Whether it is not there at all, as against there with other bytes. */
  public boolean missing() {
    return missing;
  }
}
