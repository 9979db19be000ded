//! The whole program as outsiders meet it, and that they learn nothing of what is kept from them.

mod apart;
mod asks;
mod forms;
mod lives;
mod same;
mod synthea;
mod world;
