/** What docs/migrating.md shows: the same small programs, with what one comes from and with Gapless. */
package dev.gapless.migrating;
