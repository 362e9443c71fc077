package dev.reprise.cache.upkeep;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;

/**
 * Who exported entries, and where from.
 *
 * @param user name of the person's account
 * @param host name of the machine
 * @param scope of the entries, as {@code project/environment}
 * @param atMillis when, in milliseconds since 1970
 */
public record ExportSource(String user, String host, String scope, long atMillis) {
  private static final int LONGEST = 1000;

  public ExportSource {
    checkArgument(
        user.length() <= LONGEST && host.length() <= LONGEST && scope.length() <= LONGEST,
        "who exported is told in more than %s letters",
        LONGEST);
  }

  void write(ByteWriter to) {
    to.putString(user).putString(host).putString(scope).putLong(atMillis);
  }

  static ExportSource read(ByteReader from) throws BadRecordException {
    String user = from.getString();
    String host = from.getString();
    String scope = from.getString();
    long atMillis = from.getLong();
    try {
      return new ExportSource(user, host, scope, atMillis);
    } catch (IllegalArgumentException e) {
      throw new BadRecordException(String.valueOf(e.getMessage()));
    }
  }
}
