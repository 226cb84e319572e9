package callbacks

import "testing"

func TestWhichDirectionIsBetter(t *testing.T) {
	for name, rising := range map[string]bool{
		"": false, "val_loss": false, "loss": false, "mean_absolute_error": false, "val_hinge": false,
		"val_accuracy": true, "binary_accuracy": true, "auc": true, "precision": true, "recall": true,
		"val_prc": true, "top_k_categorical_accuracy": true, "f1_score": true, "fbeta_score": true, "r2_score": true,
		"true_positives": true, "val_true_negatives": true, "false_negatives": false,
	} {
		if got := (monitor{name: name}).rising(); got != rising {
			t.Errorf("%s: larger is better: %v", name, got)
		}
		if !(monitor{name: name, mode: Max}).rising() || (monitor{name: name, mode: Min}).rising() {
			t.Errorf("%s: the mode does not decide", name)
		}
	}
}
