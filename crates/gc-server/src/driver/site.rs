//! What the cluster is: product and release, as configured or as its nodes say.

use finesse_protocol::SystemInfo;
use gc_core::{ClusterId, Input, Product};

use super::Driver;
use crate::config;

/// What is known of the cluster.
#[derive(Debug)]
pub(super) struct Site {
    chosen: config::Product,
    product: Option<Product>,
}

impl Site {
    pub(super) fn new(chosen: config::Product) -> Self {
        Self {
            chosen,
            product: None,
        }
    }
}

impl Driver {
    /// The configured product holds from the start.
    pub(super) fn announce_product(&mut self) {
        if let Some(product) = self.site.chosen.chosen().as_ref().and_then(known) {
            self.set_product(product, "configured");
        }
    }

    /// A node has told of itself.
    pub(super) fn learn_site(&mut self, node: usize, info: &SystemInfo) {
        if let Some(node) = self.nodes.get_mut(node) {
            node.line.product = info.deployment_type.clone();
            node.line.release = info.release().map_or("", |release| release.as_str());
        }
        if self.site.chosen.chosen().is_none()
            && let Some(product) = known(&info.product())
        {
            self.set_product(product, "SystemInfo");
        }
    }

    fn set_product(&mut self, product: Product, source: &'static str) {
        if self.site.product.replace(product) != Some(product) {
            tracing::info!(?product, source, "the cluster's product");
            self.feed(Input::Site {
                cluster: ClusterId(0),
                product,
            });
        }
    }
}

fn known(product: &finesse_protocol::Product) -> Option<Product> {
    match product {
        finesse_protocol::Product::Ucce => Some(Product::Ucce),
        finesse_protocol::Product::Uccx => Some(Product::Uccx),
        _ => None,
    }
}
