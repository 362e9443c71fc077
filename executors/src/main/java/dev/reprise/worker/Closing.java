package dev.reprise.worker;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes what a unit held; whatever goes wrong there is no reason to lose its result. */
final class Closing {
  private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

  private Closing() {}

  static void closeAll(List<AutoCloseable> all) {
    for (AutoCloseable each : all) {
      close(each);
    }
  }

  static void close(AutoCloseable one) {
    try {
      one.close();
    } catch (Throwable e) {
      LOG.warn("cannot close a {}", one.getClass().getName(), e);
    }
  }
}
