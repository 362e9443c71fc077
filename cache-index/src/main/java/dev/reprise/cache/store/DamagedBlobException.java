package dev.reprise.cache.store;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A blob is missing, cannot be read or is not what was written. What made it must run again; the
 * cause is kept where there is one.
 */
public final class DamagedBlobException extends IOException {
  private static final long serialVersionUID = 2L;

  private final transient BlobRef blob;
  private final Damage damage;

  /** What is wrong with a blob. */
  public enum Damage {
    /** It is not there. */
    MISSING,
    /** It is there with other bytes, or other than a file. */
    ALTERED,
    /** It is there and the disk does not give its bytes, though asked several times. */
    UNREADABLE
  }

  public DamagedBlobException(BlobRef blob, boolean missing, String message) {
    this(blob, missing ? Damage.MISSING : Damage.ALTERED, message, null);
  }

  public DamagedBlobException(
      BlobRef blob, Damage damage, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.blob = blob;
    this.damage = damage;
  }

  /** The blob that was wanted. */
  public BlobRef blob() {
    return blob;
  }

  /** What is wrong with it. */
  public Damage damage() {
    return damage;
  }

  /** Whether it is not there at all, as against there with other bytes. */
  public boolean missing() {
    return damage == Damage.MISSING;
  }
}
