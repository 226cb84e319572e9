package callbacks

import "testing"

func TestWhichDirectionIsBetter(t *testing.T) {
	for name, rising := range map[string]bool{
		"": false, "val_loss": false, "loss": false, "loss_1": false, "huber_loss": false, "categorical_crossentropy": false,
		"mean_absolute_error": false, "root_mean_squared_error": false, "val_hinge": false, "poisson": false, "kl_divergence": false, "logcosh": false, "log_cosh": false,
		"val_accuracy": true, "binary_accuracy": true, "accuracy_1": true, "auc": true, "precision": true, "recall": true, "confusion_matrix": true,
		"sparse_top_k_categorical_accuracy": true, "f1_score": true, "fbeta_score": true, "r2_score": true, "cosine_similarity": true,
		"true_positives": true, "val_true_negatives": true, "false_negatives": false, "false_positives": false,
		// Outputs with names of their own.
		"accuracy_loss": false, "val_error_accuracy": true, "price_mae": false,
	} {
		if got, known := (monitor{name: name}).direction(); got != rising || !known {
			t.Errorf("%s: larger is better: %v, known: %v", name, got, known)
		}
		if !(monitor{name: name, mode: Max}).rising() || (monitor{name: name, mode: Min}).rising() {
			t.Errorf("%s: the mode does not decide", name)
		}
	}
	for _, name := range []string{"bleu", "glossary", "maestro", "aucuba", "val_iou"} {
		if _, known := (monitor{name: name}).direction(); known {
			t.Errorf("%s: its direction is known", name)
		}
		if err := (monitor{name: name, mode: Max}).check(); err != nil {
			t.Errorf("%s with a mode: %v", name, err)
		}
	}
}
