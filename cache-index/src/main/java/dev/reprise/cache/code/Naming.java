package dev.reprise.cache.code;

/** How types are named in a digest. */
interface Naming {
  /** Every name stands for itself. */
  Naming PLAIN =
      new Naming() {
        @Override
        public String type(String name) {
          return name;
        }

        @Override
        public String descriptor(String descriptor) {
          return descriptor;
        }
      };

  /** A class by its internal name, or an array by its descriptor. */
  String type(String name);

  /** The descriptor of a field or method. */
  String descriptor(String descriptor);
}
