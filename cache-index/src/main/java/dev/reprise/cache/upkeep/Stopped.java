package dev.reprise.cache.upkeep;

import java.util.function.BooleanSupplier;

/** Ends a walk through an index or a store that has no end of its own. Never leaves the package. */
final class Stopped extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final int RARELY = 256;

  private Stopped() {
    super("told to stop", null, false, false);
  }

  /** Asks every now and then whether to go on. */
  static final class Asking {
    private final BooleanSupplier goOn;
    private int steps;

    Asking(BooleanSupplier goOn) {
      this.goOn = goOn;
    }

    /** One step more; throws if there are to be no more. */
    void step() {
      if (steps++ % RARELY == 0 && !goOn.getAsBoolean()) {
        throw new Stopped();
      }
    }
  }
}
