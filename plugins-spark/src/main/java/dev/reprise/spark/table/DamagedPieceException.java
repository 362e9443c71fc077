package dev.reprise.spark.table;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.DamagedBlobException;
import dev.reprise.cache.store.DamagedBlobException.Damage;
import java.io.IOException;

/**
 * A task found a piece of a table missing or damaged. Crosses from executor to driver, which knows
 * whose piece it is.
 */
public final class DamagedPieceException extends IOException {
  private static final long serialVersionUID = 2L;

  private final byte[] address;
  private final Damage damage;
  private final String host;

  DamagedPieceException(DamagedBlobException damaged, String host) {
    super(damaged.getMessage());
    this.host = host;
    address = damaged.blob().address().bytes();
    damage = damaged.damage();
  }

  /** Address of the blob. */
  public Fingerprint address() {
    return Fingerprint.of(address);
  }

  /** Which machine found it so. */
  public String host() {
    return host;
  }

  /** What is wrong with it. */
  public Damage damage() {
    return damage;
  }
}
