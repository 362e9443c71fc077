package dev.reprise.cache.index;

/**
 * The index was written by a newer Reprise or RocksDB. It is left as it is: use the newer version,
 * or another home.
 */
public final class IndexFormatException extends CacheUnavailableException {
  private static final long serialVersionUID = 1L;

  public IndexFormatException(String message) {
    super(message);
  }

  public IndexFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
