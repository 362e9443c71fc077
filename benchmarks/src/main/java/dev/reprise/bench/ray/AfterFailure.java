package dev.reprise.bench.ray;

/** What is done because something else has failed, which stays what is told. */
final class AfterFailure {
  private AfterFailure() {}

  /** Closes; that this fails too is added to the first failure. */
  static void close(Exception failure, AutoCloseable what) {
    try {
      what.close();
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      failure.addSuppressed(e);
    }
  }
}
